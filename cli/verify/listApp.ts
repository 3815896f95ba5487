import type { ChatClient } from '../../shared/chat/index.ts';

/** The communities that the app's list names. */
export interface Listed {
  readonly groupIds: ReadonlySet<string>;
  /** Why the list may be short of some; a sentence. */
  readonly doubt?: string;
}

/** The largest page (tencentcloud.com/document/product/1047/34960). */
const PAGE = 10_000;

/** Reads the app's list of communities to its end, at one call a second. @throws {ChatError} */
export async function listApp({ listGroups }: Pick<ChatClient, 'listGroups'>): Promise<Listed> {
  const groupIds = new Set<string>();
  const cursors = new Set<bigint>();
  let total = 0;
  for (let next = 0n; ; ) {
    const page = await listGroups({ limit: PAGE, next, groupType: 'Community' });
    for (const groupId of page.groupIds) groupIds.add(groupId);
    total = Math.max(total, page.totalCount);
    if (page.next === 0n) break;
    if (cursors.has(page.next)) return { groupIds, doubt: `the list gave the cursor ${page.next} twice` };
    cursors.add(page.next);
    next = page.next;
  }
  if (groupIds.size >= total) return { groupIds };
  return { groupIds, doubt: `the list names ${groupIds.size} communities, its TotalCount says ${total}` };
}
