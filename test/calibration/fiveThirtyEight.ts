import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { BinaryForecast, MultiForecast } from '../../src/jobs/calibration/forecast.ts';

function rows(file: string): Record<string, string>[] {
  const url = new URL(`../fixtures/fivethirtyeight/${file}`, import.meta.url);
  return parseCsv(gunzipSync(readFileSync(url)).toString('utf8'));
}

/** Plain comma-separated lines under a header; quotes around whole fields are dropped. */
export function parseCsv(text: string): Record<string, string>[] {
  const [header, ...lines] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map((field) => field.replace(/^"|"$/g, '')));
  return lines.map((line) => Object.fromEntries(header!.map((name, i) => [name, line[i]!])));
}

/** Team 1's chance to win each game; a tie paid half. */
export function nflGames(): BinaryForecast[] {
  return rows('nfl_games.csv.gz').map((row) => ({ p: Number(row.prob1), y: Number(row.prob1_outcome) }));
}

/** Win, tie or loss of team 1, in that order. */
export function worldCupMatches(): MultiForecast[] {
  return rows('world_cup_matches_men.csv.gz').map((row) => ({
    f: [Number(row.prob1), Number(row.probtie), Number(row.prob2)],
    payouts: [Number(row.prob1_outcome), Number(row.probtie_outcome), Number(row.prob2_outcome)],
    ordered: true,
  }));
}
