export type { HttpRequest, HttpResponse, TemplatedApp } from 'uWebSockets.js';
