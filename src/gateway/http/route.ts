import * as z from 'zod';
import type { ApiKeyScope } from '../../persistence/users/apiKeys.ts';
import { faultOf } from '../../protocol/requests.ts';
import type { Role } from '../../protocol/wire.ts';
import type { Identity } from '../auth/identity.ts';
import type { JsonObject } from '../services/json.ts';
import { Refusal } from '../services/refusal.ts';
import type { Answer } from './answer.ts';
import type { RequestHead } from './requestHead.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Who may call: anybody; anybody, told apart when logged in; accounts; accounts with one of these roles. */
export type Access = 'public' | 'optional' | 'account' | readonly Role[];

/** What a status answers. Without a schema: no body, or one of `contentType`. */
export type AnswerDoc = { description: string; schema?: z.ZodType; contentType?: string };

/** A route as data: the router runs it and the OpenAPI document describes it, so the two cannot differ. */
export type Route = {
  method: Method;
  /** `/markets/:id`, below the base path */
  path: string;
  tag: string;
  summary: string;
  access: Access;
  /** It only takes orders away, and is limited apart from all else. */
  cancels?: true;
  /** What an API key needs that signs the request. Without it keys are not taken: a login is needed. */
  scope?: ApiKeyScope;
  body: z.ZodType | undefined;
  /** A body that does what the summary says, for the documentation to begin with. */
  example?: JsonObject;
  query: z.ZodType | undefined;
  params: readonly string[];
  answers: Readonly<Record<number, AnswerDoc>>;
  /** Checks body and query against the schemas, then calls the handler. */
  run(call: Call, body: Buffer | undefined): Promise<Answer | Refusal>;
};

/** What every handler gets, whatever its body. */
export type Call = { head: RequestHead; identity: Identity | undefined };

export type Context<Body, Query> = {
  head: RequestHead;
  params: Readonly<Record<string, string>>;
  body: Body;
  query: Query;
};
export type AccountContext<Body, Query> = Context<Body, Query> & { identity: Identity };
export type OptionalContext<Body, Query> = Context<Body, Query> & { identity: Identity | undefined };

type ContextOf<A extends Access, Body, Query> = A extends 'public'
  ? Context<Body, Query>
  : A extends 'optional'
    ? OptionalContext<Body, Query>
    : AccountContext<Body, Query>;

type Spec<A extends Access, B extends z.ZodType, Q extends z.ZodType> = {
  method: Method;
  path: string;
  tag: string;
  summary: string;
  access: A;
  cancels?: true;
  scope?: ApiKeyScope;
  body?: B;
  example?: NoInfer<z.input<B>> & JsonObject;
  query?: Q;
  answers: Readonly<Record<number, AnswerDoc>>;
  handler(context: ContextOf<A, z.output<B>, z.output<Q>>): Promise<Answer | Refusal> | Answer | Refusal;
};

const nothing = z.strictObject({});

/** Makes a {@link Route}, keeping the types of schema and handler together. */
export function route<
  const A extends Access,
  B extends z.ZodType = typeof nothing,
  Q extends z.ZodType = typeof nothing,
>(spec: Spec<A, B, Q>): Route {
  const params = [...spec.path.matchAll(/:([a-z]+)/gi)].map((match) => match[1] as string);
  const { body, query, handler, ...rest } = spec;
  return {
    ...rest,
    body,
    query,
    params,
    async run({ head, identity }, bytes) {
      const parsedQuery = (query ?? nothing).safeParse(queryObject(head.query));
      if (!parsedQuery.success) return invalid(parsedQuery.error);
      const json = parseJson(bytes);
      if (json === undefined) return new Refusal('INVALID_REQUEST', 'The body is not valid JSON');
      const parsedBody = (body ?? nothing).safeParse(json);
      if (!parsedBody.success) return invalid(parsedBody.error);
      const named = Object.fromEntries(params.map((name, i) => [name, head.params[i] ?? '']));
      const context = { head, params: named, body: parsedBody.data, query: parsedQuery.data, identity };
      // The router has checked that whoever must be logged in is: see `authorize`.
      return handler(context as unknown as ContextOf<A, z.output<B>, z.output<Q>>);
    },
  };
}

export function invalid(error: z.ZodError): Refusal {
  const { field, problem } = faultOf(error);
  return new Refusal('INVALID_REQUEST', problem, field === undefined ? {} : { field });
}

/** An empty body is an empty object, so that requests without fields need none. */
function parseJson(bytes: Buffer | undefined): unknown {
  if (bytes === undefined || bytes.length === 0) return {};
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Of a repeated parameter both are kept, as a list: no schema takes one, so it is refused by name. */
function queryObject(query: string): Record<string, string | string[]> {
  const object: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(query)) {
    const before = object[name];
    object[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return object;
}
