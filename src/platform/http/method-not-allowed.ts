// Which methods a path answers to, so that a wrong method is told from a wrong address. Asked only where no route was
// found.
import type { FastifyInstance } from 'fastify';

type Known = { readonly path: RegExp; readonly methods: Set<string> };

/** Collects routes from now on. The answer gives the methods of a URL, in alphabetical order; none: no such path. */
export function methodsByPath(app: FastifyInstance): (url: string) => string[] {
  const known = new Map<string, Known>();
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    let entry = known.get(url);
    if (!entry) known.set(url, (entry = { path: patternOf(url), methods: new Set() }));
    for (const each of Array.isArray(method) ? method : [method]) entry.methods.add(each);
  });
  return (url) => {
    const path = url.split('?', 1)[0] ?? '';
    const found = [...known.values()].filter((entry) => entry.path.test(path));
    return [...new Set(found.flatMap((entry) => [...entry.methods]))].toSorted();
  };
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : RegExp.escape(part)));
  return new RegExp(`^${parts.join('/')}$`);
}
