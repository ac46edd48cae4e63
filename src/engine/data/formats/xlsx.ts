// Excel workbooks (XLSX and XLSM): one sheet as a table. What reads them is loaded with the first of them.
import type { FileFormat } from './format.ts';

export const xlsx: FileFormat = {
  id: 'xlsx',
  label: 'Excel',
  summary: 'a sheet of Excel (XLSX, XLSM)',
  extensions: ['.xlsx', '.xlsm'],
  settings: ['sheet'],
  async open(...request) {
    const { openWorkbook } = await import('./xlsxTable.ts');
    return openWorkbook(...request);
  },
};
