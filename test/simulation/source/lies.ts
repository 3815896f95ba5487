/** Remembers which answers of the API were not the truth, and when. */
export function createLies(now: () => number) {
  const lies: { groupId: string; at: number; isDenied: boolean }[] = [];
  const within = (groupId: string, from: number, until: number) =>
    lies.filter((lie) => lie.groupId === groupId && from <= lie.at && lie.at <= until);
  return {
    note: (groupId: string, isDenied = false) => void lies.push({ groupId, at: now(), isDenied }),
    lied: (groupId: string, from: number, until: number) => within(groupId, from, until).length > 0,
    deniedExistence: (groupId: string, from: number, until: number) =>
      within(groupId, from, until).some(({ isDenied }) => isDenied),
  };
}
