/** A source text with its comments and the insides of its literals taken away; offsets and lines stay the same. */
export interface Scanned {
  /** The text where comments, string, template and regular expression contents are spaces. */
  readonly code: string;
  /** The text where everything but comments is spaces. */
  readonly comments: string;
}

const REGEX_MAY_FOLLOW =
  /(?:^|[([{},;=:?!&|+\-*%~^<>]|\b(?:return|typeof|case|in|of|else|do|void|delete|await|yield))$/;

/**
 * Tells code from comments and literals in TypeScript or JavaScript without a parser. One thing is not understood: a
 * regular expression straight after a closing parenthesis, `if (x) /y/.test(z)`, which the formatter's line breaks do
 * not change either; such a line would be read as a division.
 */
export function scan(text: string): Scanned {
  const code = text.split('');
  const comments: string[] = code.map((char) => (char === '\n' ? char : ' '));
  /** Depths of braces at which a template's `${` was opened. */
  const templates: number[] = [];
  let depth = 0;
  let at = 0;

  const blank = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (code[i] !== '\n') code[i] = ' ';
  };
  const comment = (end: number) => {
    const to = end === -1 ? text.length : end;
    for (let i = at; i < to; i++) comments[i] = code[i] ?? ' ';
    blank(at, to);
    at = to;
  };
  const template = () => {
    const from = at;
    while (at < text.length && text[at] !== '`' && !text.startsWith('${', at)) at += text[at] === '\\' ? 2 : 1;
    blank(from, at);
    if (text[at] !== '`') {
      templates.push(depth);
      depth++;
      at++; // the dollar; the loop below sees the brace as read
    }
    at++;
  };

  while (at < text.length) {
    const char = text[at];
    if (text.startsWith('//', at)) comment(text.indexOf('\n', at));
    else if (text.startsWith('/*', at)) comment(endOf(text, '*/', at + 2));
    else if (char === '#' && at === 0 && text[1] === '!') comment(text.indexOf('\n'));
    else if (char === "'" || char === '"') {
      const end = closing(text, at, char);
      blank(at + 1, end);
      at = end + 1;
    } else if (char === '`') {
      at++;
      template();
    } else if (
      char === '/' &&
      REGEX_MAY_FOLLOW.test(
        code
          .slice(Math.max(0, at - 200), at)
          .join('')
          .trimEnd(),
      )
    ) {
      const end = closingSlash(text, at);
      blank(at + 1, end);
      at = end + 1;
    } else {
      if (char === '{') depth++;
      if (char === '}') depth--;
      at++;
      if (char === '}' && templates.at(-1) === depth) {
        templates.pop();
        template();
      }
    }
  }
  return { code: code.slice(0, text.length).join(''), comments: comments.join('') };
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? -1 : found + mark.length;
}

function closing(text: string, open: number, quote: string): number {
  let at = open + 1;
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function closingSlash(text: string, open: number): number {
  let at = open + 1;
  let inClass = false;
  while (at < text.length && text[at] !== '\n' && (inClass || text[at] !== '/')) {
    if (text[at] === '[') inClass = true;
    if (text[at] === ']') inClass = false;
    at += text[at] === '\\' ? 2 : 1;
  }
  return at;
}
