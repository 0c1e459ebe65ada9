import * as z from 'zod';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };
export type JsonSchema = { readonly [key: string]: JsonValue | undefined };

/** Schemas that a document names once and refers to. */
export type Named = Readonly<Record<string, z.ZodType>>;
/** OpenAPI 3.1 takes the present JSON Schema, AsyncAPI 3.0 the draft 7. */
export type Draft = 'draft-2020-12' | 'draft-7';

/** JSON Schemas of one direction: requests as they are sent (`input`), answers as they arrive (`output`). */
export class Schemas {
  readonly components: Readonly<Record<string, JsonSchema>>;
  private readonly io: 'input' | 'output';
  private readonly draft: Draft;
  private readonly names: ReadonlyMap<z.core.$ZodType, string>;

  constructor(io: 'input' | 'output', named: Named, draft: Draft = 'draft-2020-12') {
    this.io = io;
    this.draft = draft;
    this.names = new Map(Object.entries(named).map(([name, schema]) => [schema, name]));
    this.components = Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, this.inline(schema)]));
  }

  /** A reference where the schema has a name. */
  of(schema: z.ZodType): JsonSchema {
    const name = this.names.get(schema);
    return name === undefined ? this.inline(schema) : { $ref: `#/components/schemas/${name}` };
  }

  private inline(schema: z.ZodType): JsonSchema {
    const root: z.core.$ZodType = schema;
    const { $schema: _, ...json } = z.toJSONSchema(schema, {
      io: this.io,
      target: this.draft,
      override: ({ zodSchema, jsonSchema }) => {
        const name = zodSchema === root ? undefined : this.names.get(zodSchema);
        if (name === undefined) {
          // What the server sends may have more fields one day, and clients ignore those that they do not know.
          if (this.io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
          return;
        }
        // Named schemas inside are referred to as well.
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
        jsonSchema.$ref = `#/components/schemas/${name}`;
      },
    });
    return json as JsonSchema; // what toJSONSchema makes is JSON
  }
}
