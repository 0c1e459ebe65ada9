import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { allRoutes, type HttpDeps } from '../../src/gateway/http/mount.ts';
import { openApiDocument } from '../../src/gateway/http/openapi.ts';

/** Nothing is called: the table of routes needs no server. */
const routes = allRoutes({} as HttpDeps);
const document = JSON.parse(JSON.stringify(openApiDocument(routes, '/api/v1')));

type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  security: object[];
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { required: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
};
const operations: [path: string, method: string, operation: Operation][] = Object.entries(document.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]): [string, string, Operation] => [
      path,
      method,
      operation,
    ]),
);

test('is an OpenAPI 3.1 document by the official schema', async () => {
  const validate = async (given: Record<string, unknown>) =>
    (await new Validator().validate(structuredClone(given))).errors ?? [];
  expect(await validate(document)).toEqual([]);
  // The schema does refuse something.
  expect(await validate({ ...document, info: {} })).not.toEqual([]);
});

test('the protocol’s table of routes has every operation', () => {
  const page = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8');
  const [, table = ''] = /\n## HTTP\n.*?\n(\| route .*?)\n\n/s.exec(page) ?? [];
  const told: string[] = [];
  for (const [, routes = ''] of table.matchAll(/^\| ([^|]*) \|/gm)) {
    // A method stands for the paths that follow, and methods alone for the next.
    let methods: string[] = [];
    let alone = true;
    for (const [, method, path] of routes.matchAll(/`([A-Z]+)? ?(\/\S+)?`/g)) {
      if (method !== undefined) methods = alone ? [...methods, method] : [method];
      alone = path === undefined;
      const [, start = path, ends] = /^(.*)\{(.*)\}$/.exec(path ?? '') ?? [];
      for (const end of alone ? [] : (ends?.split(',') ?? ['']))
        told.push(...methods.map((one) => `${one} ${start}${end}`.replace(/:(\w+)/g, '{$1}')));
      if (!alone) methods = methods.slice(-1);
    }
  }
  expect(told.sort()).toEqual(operations.map(([path, method]) => `${method.toUpperCase()} ${path}`).sort());
});

test('every operation says what one needs to know', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
  expect(document.servers).toEqual([{ url: '/api/v1' }]);
  for (const [path, method, operation] of operations) {
    const where = `${method} ${path}`;
    expect(path, where).toMatch(/^(\/([a-z.-]+|\{[a-z]+\}))+$/i);
    expect(operation.summary, where).toMatch(/^[A-Z]/);
    expect(document.tags.map((tag: { name: string }) => tag.name)).toContain(operation.tags[0]);
    const statuses = Object.keys(operation.responses);
    expect(
      statuses.some((status) => /^2\d\d$/.test(status)),
      where,
    ).toBe(true);
    for (const status of statuses) {
      expect(status, where).toMatch(/^([2345]\d\d|default)$/);
      expect(operation.responses[status]?.description, where).toMatch(/\S/);
    }
    const declared = operation.parameters.filter((parameter) => parameter.in === 'path');
    expect(declared.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{[a-z]+\}/gi) ?? []);
    for (const parameter of operation.parameters)
      expect(Object.keys(parameter.schema).length, where).toBeGreaterThan(0);
    if (method === 'get') expect(operation.requestBody, where).toBeUndefined();
    for (const scheme of operation.security.flatMap((each) => Object.keys(each))) {
      expect(document.components.securitySchemes).toHaveProperty(scheme);
    }
  }
});

test('describes every route, each under a name of its own', () => {
  expect(operations).toHaveLength(routes.length);
  for (const route of routes) {
    const path = route.path.replaceAll(/:([a-z]+)/gi, '{$1}');
    expect(document.paths[path]?.[route.method], `${route.method} ${route.path}`).toBeDefined();
  }
  const ids = operations.map(([, , { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every reference leads somewhere, and every named schema is used', () => {
  const used = new Set<string>();
  const walk = (value: unknown, where: string): void => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === '$ref') {
        const name = String(inner).replace('#/components/schemas/', '');
        expect(document.components.schemas, `${where}: ${inner}`).toHaveProperty(name);
        used.add(name);
      } else walk(inner, `${where}/${key}`);
    }
  };
  walk(document, '#');
  expect([...used].sort()).toEqual(Object.keys(document.components.schemas).sort());
});

test('says who may call', () => {
  const security = (path: string, method: string) => document.paths[path][method].security;
  expect(security('/markets', 'get')).toEqual([]);
  const login = [{ bearer: [] }, { cookie: [] }];
  expect(security('/orders', 'post')).toEqual([...login, { key: [], timestamp: [], signature: [] }]);
  expect(security('/api-keys', 'post')).toEqual(login);
  expect(document.paths['/markets'].post.description).toBe('Needs the role operator.');
});

test('schemas are those of the protocol', () => {
  const { schemas } = document.components;
  expect(schemas.PlaceOrder).toMatchObject({ type: 'object', additionalProperties: false });
  expect(schemas.PlaceOrder.required.sort()).toEqual(['market', 'side', 'size']);
  expect(schemas.Order.properties.status.enum).toEqual(['open', 'filled', 'canceled']);
  expect(schemas.Error.properties.error).toEqual({ $ref: '#/components/schemas/WireError' });
});

test('the routes of the contract are there', () => {
  const contract = `
    POST /auth/register, POST /auth/login, POST /auth/refresh, POST /auth/logout, GET /me,
    POST /api-keys, GET /api-keys, DELETE /api-keys/{id}, GET /markets, GET /markets/{id},
    GET /markets/{id}/book, GET /markets/{id}/trades, GET /markets/{id}/candles, GET /markets/{id}/prices,
    POST /markets, PATCH /markets/{id}, POST /markets/{id}/halt, POST /markets/{id}/resume, POST /markets/{id}/close,
    POST /markets/{id}/resolve, POST /markets/{id}/dispute, POST /markets/{id}/void, GET /markets/{id}/settlement,
    POST /orders, DELETE /orders/{id}, GET /orders, GET /fills, GET /positions, GET /account,
    POST /accounts/{username}/deposits, GET /calibration, GET /calibration/{market}, GET /calibration.svg,
    GET /audit, GET /jobs/failures, GET /time, GET /openapi.json, GET /asyncapi.json`;
  for (const each of contract.split(',')) {
    const [method = '', path = ''] = each.trim().split(' ');
    expect(document.paths[path]?.[method.toLowerCase()], each).toBeDefined();
  }
});
