import type * as UWS from 'uWebSockets.js';
import { createRequire } from 'node:module';

/** The one importer of uWebSockets.js: everything else takes it from here, so that another build is a change in one place. */
export type {
  HttpRequest,
  HttpResponse,
  TemplatedApp,
  us_listen_socket,
  us_socket_context_t,
  WebSocket,
  WebSocketBehavior,
} from 'uWebSockets.js';

/** The C library’s version, which decides whether a native build can be loaded; empty where there is none (macOS, Windows). */
function libc(): string {
  const report = process.report.getReport();
  const header: unknown = typeof report === 'object' ? Reflect.get(report, 'header') : undefined;
  const version: unknown =
    typeof header === 'object' && header !== null ? Reflect.get(header, 'glibcVersionRuntime') : undefined;
  if (typeof version === 'string') return `, glibc ${version}`;
  return process.platform === 'linux' ? ', a C library other than glibc' : '';
}

function load(): typeof UWS {
  try {
    return createRequire(import.meta.url)('uWebSockets.js');
  } catch (cause) {
    const { version, versions, platform, arch } = process;
    throw new Error(
      `uWebSockets.js cannot be loaded on Node ${version} (ABI ${versions.modules}), ${platform} ${arch}${libc()}. ` +
        'It has builds for Node 20 (glibc ≥ 2.27) and Node 22 and newer (glibc ≥ 2.38): use one of these.',
      { cause },
    );
  }
}

const uWS = load();
export default uWS;
