// The laws about who may know whom. Each breach says where, and what to do instead.
import { floorOf, isProvider, roleOf, roomOf, stemOf, type Law } from './place.ts';
import { NOUNS, PURE, SANDBOX, STARTS_SANDBOX, USES_COMPOSITION, VERBS } from './plan.ts';

export const everyFileHasARoom: Law = (files) =>
  files
    .filter(({ path }) => floorOf(roomOf(path)) < 0 && roomOf(path) !== SANDBOX)
    .map(
      ({ path }) => `${path}: there is no room "${roomOf(path)}". Put it where it belongs, or add the room to FLOORS.`,
    );

export const importsGoDown: Law = (files) =>
  files.flatMap((file) =>
    file.imports.flatMap(({ path }) => {
      if (path === null) return [];
      const [from, to] = [roomOf(file.path), roomOf(path)];
      if (!path.startsWith('src/')) return [`${file.path} imports ${path}: src/ imports nothing outside src/.`];
      if (from === to) return [];
      if (to === SANDBOX) {
        return STARTS_SANDBOX.includes(from)
          ? []
          : [
              `${file.path} imports ${path}: the sandbox is reached over HTTP; only ${STARTS_SANDBOX.join(' and ')} start it.`,
            ];
      }
      if (from === SANDBOX) {
        return to === 'platform'
          ? []
          : [`${file.path} imports ${path}: the sandbox knows platform/ alone, or it would pass our own mistakes.`];
      }
      if (to === 'composition' && !USES_COMPOSITION.includes(from)) {
        return [`${file.path} imports ${path}: take what you need as a narrow Pick of tools; composition hands it in.`];
      }
      return floorOf(to) > floorOf(from)
        ? []
        : [
            `${file.path} imports ${path}: "${to}" is not below "${from}". Move the rule down, or have composition hand in a function.`,
          ];
    }),
  );

export const roomsArePrivate: Law = (files) =>
  files.flatMap((file) =>
    file.imports.flatMap(({ path }) => {
      if (path === null) return [];
      const [from, to] = [roomOf(file.path), roomOf(path)];
      if (from === to || to === 'platform' || to === SANDBOX) return [];
      const role = roleOf(path);
      const hangs = (role === 'routes' || role === 'schemas') && from === 'app';
      if (role === 'jobs' ? from === 'worker' : hangs) return [];
      if (role === 'routes' || role === 'jobs' || role === 'schemas') {
        return [`${file.path} imports ${path}: the ${role} of a room are its own. Ask its noun, acts, store or port.`];
      }
      if (isProvider(path) && from !== 'composition') {
        return [
          `${file.path} imports ${path}: speak to the port (${to}/provider.ts); composition chooses the provider.`,
        ];
      }
      return [];
    }),
  );

function step(path: string): number {
  const role = roleOf(path);
  if (role === 'routes' || role === 'jobs') return 0;
  return role === 'store' ? 2 : 1;
}

/** routes, jobs -> acts -> store; what stands lower never climbs. */
export const nobodyClimbsInARoom: Law = (files) => {
  return files.flatMap((file) =>
    file.imports.flatMap(({ path }) => {
      if (path === null || roomOf(path) !== roomOf(file.path) || floorOf(roomOf(path)) < 0) return [];
      if (roomOf(path) === 'platform' || roleOf(path) === 'schemas' || roleOf(path) === 'provider') return [];
      const act = VERBS.includes(stemOf(path).split('-')[0] ?? '') && !NOUNS[roomOf(path)]?.includes(stemOf(path));
      if (step(path) === 0 && step(file.path) > 0) {
        return [`${file.path} imports ${path}: acts and stores know no ${roleOf(path)}; hand in what is needed.`];
      }
      if (act && step(file.path) === 2) return [`${file.path} imports ${path}: a store knows no acts.`];
      return [];
    }),
  );
};

/** Circles at run time; below the floors, two files may know each other's types. */
export const noCircles: Law = (files) => {
  const known = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      circles.push(
        `${[...trail.slice(trail.indexOf(path)), path].join(' -> ')}: move what both need into a third file.`,
      );
      return;
    }
    if (done.has(path)) return;
    for (const next of known.get(path)?.imports ?? []) {
      if (next.path !== null && !next.typeOnly) visit(next.path, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return circles;
};

export const rulesArePure: Law = (files) =>
  files
    .filter((file) => PURE.includes(file.path))
    .flatMap((file) =>
      file.imports
        .filter(({ from, path }) => {
          // A digest of what was given is no I/O.
          if (path === null) return from !== 'node:crypto';
          return roleOf(path) === 'store' || /^src\/platform\/(database|http|jobs|log)/.test(path);
        })
        .map(({ from }) => `${file.path} imports ${from}: a rule does no I/O; let the act fetch and hand it in.`),
    );

/** What is published stands alone: it runs in browsers too, in repositories that have never seen this house. */
export const clientsStandAlone: Law = (files) =>
  files.flatMap((file) => {
    const [folder = '', own = ''] = file.path.split('/');
    return file.imports.flatMap(({ from, path }) => {
      if (path !== null && !path.startsWith(`${folder}/${own}/`)) {
        return [`${file.path} imports ${path}: what it needs of the house it asks over HTTP, as others must.`];
      }
      // What runs on the developer's machine may.
      if (from.startsWith('node:') && !file.path.endsWith('.config.ts')) {
        return [`${file.path} imports ${from}: a browser has none. Use what both have.`];
      }
      return [];
    });
  });
