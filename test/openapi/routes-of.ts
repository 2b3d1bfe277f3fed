// The routes of a running app, read off the tree that Fastify prints.
import type { App } from '../../src/platform/http/server.ts';

/** `GET /api/appointments/{appointmentId}`, sorted; HEAD and OPTIONS come with every route and are left out. */
export function routesOf(app: App): string[] {
  const parts: string[] = [];
  const routes: string[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const found = /^([│├└─\s]*)(\S+?)(?: \(([A-Z, ]+)\))?$/u.exec(line);
    if (!found) continue;
    const [, indent = '', part = '', methods] = found;
    const depth = indent.length / 4;
    parts.splice(depth - 1, parts.length, part);
    const path = parts.join('').replaceAll(/:(\w+)/g, '{$1}');
    for (const method of methods?.split(', ') ?? []) {
      if (method !== 'HEAD' && method !== 'OPTIONS') routes.push(`${method} ${path}`);
    }
  }
  return routes.toSorted();
}
