import { createExportTableHandler } from './handler.ts';
import { exportPartsFrom } from './parts.ts';

/** The function's entry: wires the handler once, when the environment starts. */
export const handler = createExportTableHandler(exportPartsFrom(process.env));
