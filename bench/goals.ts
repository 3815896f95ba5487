/** What a bench is asked to show, and what it has measured. */
export type Goal = {
  readonly what: string;
  readonly measured: number;
} & ({ readonly least: number } | { readonly most: number });

/** Prints what is asked of a bench, and whether it was there. @throws naming each goal that is missed */
export function checkGoals(goals: readonly Goal[]): void {
  const lines = goals.map((goal) => ({ text: textOf(goal), isMet: isMet(goal) }));
  for (const { text, isMet } of lines) console.log(`${isMet ? '✓' : '✗'} ${text}`);
  const missed = lines.filter(({ isMet }) => !isMet).map(({ text }) => text);
  if (missed.length > 0) throw new Error(`missed: ${missed.join('; ')}`);
}

/** Nothing measured meets nothing. */
function isMet(goal: Goal): boolean {
  return 'least' in goal ? goal.measured >= goal.least : goal.measured <= goal.most;
}

function textOf(goal: Goal): string {
  const asked = 'least' in goal ? `at least ${goal.least}` : `at most ${goal.most}`;
  return `${goal.what}: ${Number(goal.measured.toFixed(2))}, ${asked}`;
}
