import { describe, expect, it } from 'vitest';
import { reliabilityDiagram } from '../../src/jobs/calibration/reliabilityDiagram.ts';
import { scoreReport } from '../../src/jobs/calibration/scoreReport.ts';
import { nflGames } from './fiveThirtyEight.ts';

const scores = scoreReport(nflGames());

/** Tags must close in order and attributes be quoted: enough of XML for what the diagram writes. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*)(\/?)>/g,
    (_, closing, name, _attributes, empty) => {
      if (closing === '/') expect(open.pop()).toBe(name);
      else if (empty !== '/') open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(rest).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/);
}

describe('reliability diagram', () => {
  it('is one self-contained, well-formed picture with an accessible name', () => {
    const svg = reliabilityDiagram(scores, { title: 'NFL games' });
    expectWellFormed(svg);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('role="img" aria-labelledby="reliability-diagram-title reliability-diagram-desc"');
    expect(svg).toContain('<title id="reliability-diagram-title">NFL games</title>');
    expect(svg).toMatch(/<desc [^>]+>Reliability diagram\. 1\u202f889 forecasts/);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/<script|href|url\(|@import|http/);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it('draws a dot and a count for every bin, and the isotonic fit', () => {
    const svg = reliabilityDiagram(scores, { title: 'NFL games' });
    expect(svg.match(/<circle /g)).toHaveLength(scores.bins.length + 1);
    expect(svg.match(/class="bar"/g)).toHaveLength(scores.bins.length);
    expect(svg.match(/points="([^"]*)"/)![1]!.split(' ')).toHaveLength(2 * scores.corp.curve.length);
  });

  it('carries hostile text as text', () => {
    const title = `</title><script>alert("1")</script>&'\u0000\ud800`;
    const svg = reliabilityDiagram(scores, { title, forecastLabel: '<b onload="x">', id: 'a" onload="x' });
    expectWellFormed(svg);
    expect(svg).not.toMatch(/<script|<b |"\s*onload="/);
    expect(svg).toContain('&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\ufffd\ufffd');
  });

  it('shortens a long title on the picture only, and never inside a character', () => {
    const title = '🏈'.repeat(100);
    const svg = reliabilityDiagram(scores, { title });
    expect(svg).toContain(`${'🏈'.repeat(43)}…</text>`);
    expect(svg).toContain(`>${title}</title>`);
  });

  it('draws empty axes, one forecast, and any number of bins', () => {
    expectWellFormed(reliabilityDiagram(null, { title: 'Nothing yet' }));
    expect(reliabilityDiagram(null, { title: 'Nothing yet' })).toContain('No resolved forecasts yet');
    const one = reliabilityDiagram(scoreReport([{ p: 1, y: 1 }]), { title: 'One' });
    expectWellFormed(one);
    expect(one).toContain('1 forecast · Brier 0.000');
    expect(one).not.toMatch(/NaN|[-−]0\.000/);
    expectWellFormed(reliabilityDiagram(scoreReport(nflGames(), 40), { title: 'Fine bins' }));
  });
});
