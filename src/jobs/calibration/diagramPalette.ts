type Paint = Readonly<Record<string, string>>;

/**
 * Every class of the diagram: its paint in light, and what changes in dark. Light paint is written as attributes too,
 * so that a page whose policy drops inline styles still shows a legible picture.
 */
const PALETTE = {
  paper: { light: { fill: '#ffffff' }, dark: { fill: '#14181f' } },
  panel: { light: { fill: '#f7f8fa', stroke: '#d5dae1' }, dark: { fill: '#1b212b', stroke: '#384252' } },
  grid: { light: { stroke: '#e3e7ec' }, dark: { stroke: '#2a3340' } },
  ink: { light: { fill: '#1b2430' }, dark: { fill: '#e8ecf2' } },
  muted: { light: { fill: '#586475' }, dark: { fill: '#a3afbf' } },
  diagonal: { light: { stroke: '#8993a1' }, dark: { stroke: '#7d8998' } },
  base: { light: { stroke: '#77818f' }, dark: { stroke: '#8b97a8' } },
  corp: { light: { stroke: '#c2410c' }, dark: { stroke: '#fb923c' } },
  whisker: { light: { stroke: '#1d5fbf' }, dark: { stroke: '#7ab3ff' } },
  dot: { light: { fill: '#1d5fbf', stroke: '#ffffff' }, dark: { fill: '#7ab3ff', stroke: '#14181f' } },
  bar: { light: { fill: '#a9c6ee' }, dark: { fill: '#34548a' } },
} as const satisfies Readonly<Record<string, { light: Paint; dark: Paint }>>;

export type DiagramClass = keyof typeof PALETTE;

/** Class and light-mode attributes of one kind of mark. */
export function paint(name: DiagramClass): Record<string, string> {
  return { class: name, ...PALETTE[name].light };
}

/** Rules for dark mode under the root class; light mode needs none, its paint is in the attributes. */
export function darkStyle(root: string): string {
  const rules = Object.entries(PALETTE).map(([name, { dark }]) => {
    const declarations = Object.entries(dark).map(([property, colour]) => `${property}:${colour}`);
    return `.${root} .${name}{${declarations.join(';')}}`;
  });
  return `@media (prefers-color-scheme: dark){${rules.join('')}}`;
}
