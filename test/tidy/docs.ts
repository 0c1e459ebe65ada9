import { posix } from 'node:path';
import { type SourceFile, type TextFile, violation } from './files.ts';

const LINK = /!?\[[^\]]*\]\((?<link>[^)\s]+)(?:\s+"[^"]*")?\)|<(?:img|a)\s[^>]*\b(?:src|href)="(?<html>[^"]+)"/g;
const FENCE = /^(?:```|~~~)[\s\S]*?^(?:```|~~~)/gm;

/** Links inside the project lead to a file or folder that is there, and their `#` to a heading of that page. */
export function resolvingLinks(pages: readonly TextFile[], exists: (path: string) => boolean): string[] {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  return pages.flatMap((page) =>
    [...withoutFences(page.text).matchAll(LINK)].flatMap((match) => {
      const link = match.groups?.link ?? match.groups?.html ?? '';
      if (/^[a-z]+:/i.test(link)) return [];
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page.path : posix.join(posix.dirname(page.path), path).replace(/\/$/, '');
      if (!exists(target)) return [violation(page, match.index, `'${link}' leads nowhere`)];
      const other = byPath.get(target);
      if (anchor === undefined || !other || anchorsOf(other.text).has(anchor)) return [];
      return [violation(page, match.index, `'${link}': no such heading`)];
    }),
  );
}

/** The names under which headings can be linked to: lower case, punctuation gone, spaces as hyphens, repeats numbered. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set([...text.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)].map((match) => match[1] ?? ''));
  for (const [, heading = ''] of withoutFences(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const anchor = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let unique = anchor;
    for (let n = 1; anchors.has(unique); n++) unique = `${anchor}-${n}`;
    anchors.add(unique);
  }
  return anchors;
}

/** Blank where code stands, so that offsets stay. */
function withoutFences(text: string): string {
  return text.replace(FENCE, (block) => block.replace(/[^\n]/g, ' '));
}

/** Environment variables that a configuration reads: `env.NAME`, `env['NAME']`, or a key or string in capitals. */
export function environmentNames({ code, text }: SourceFile): string[] {
  const names = new Set<string>();
  for (const match of code.matchAll(/\benv\.([A-Z][A-Z0-9_]*)\b|(?<![.\w$])([A-Z][A-Z0-9_]+)\s*:/g)) {
    names.add(match[1] ?? match[2] ?? '');
  }
  for (const { index } of code.matchAll(/['"] *['"]/g)) {
    const literal = /^['"]([A-Z][A-Z0-9_]{2,})['"]/.exec(text.slice(index));
    if (literal?.[1]) names.add(literal[1]);
  }
  return [...names].sort();
}

/** An operator finds every setting in the README. */
export function documentedEnvironment(config: SourceFile, readme: TextFile): string[] {
  return environmentNames(config)
    .filter((name) => !new RegExp(`\\b${name}\\b`).test(readme.text))
    .map((name) => `${readme.path}: does not mention ${name}, which ${config.path} reads`);
}

/** The changelog tells what is in this version. */
export function changelogEntry(changelog: TextFile, version: string): string[] {
  const heading = `## [${version}]`;
  const section = changelog.text.split(/^(?=## )/m).find((part) => part.startsWith(heading));
  if (section === undefined) return [`${changelog.path}: has no entry '${heading}'`];
  return /^[-*] \S/m.test(section) ? [] : [`${changelog.path}: '${heading}' says nothing`];
}
