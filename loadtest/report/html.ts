import type { Report } from './report.ts';
export const reportHtml = (report: Report): string => `<pre>${report.scenario}</pre>`;
