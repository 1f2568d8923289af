import type { Report, Say } from './report.ts';
export async function throttled(_minutes: number, _say: Say): Promise<Report> {
  return { lines: [], problems: [] };
}
