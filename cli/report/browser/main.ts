import type { TableData } from '../tableData.ts';
import { showTable } from './table.ts';

/** The page's script: fills the tables from the data that the page holds. */
for (const holder of document.querySelectorAll<HTMLElement>('[data-table]')) {
  const data = document.getElementById(`${holder.id}-data`)?.textContent;
  if (data) showTable(holder, JSON.parse(data) as TableData);
}
