// Compiles the schemas of answers, each once and with no more than the components it leads to. Left to itself the framework
// gives every answer of every route all components there are, which was half of a start.
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import { componentsOf } from './openapi.ts';

type Factory = ReturnType<typeof SerializerSelector>;
type Compile = ReturnType<Factory>;
type Serializer = ReturnType<Compile>;

/** When a schema is compiled: all of them at the start were a third of it. */
export type Compiled = 'start' | 'when asked';

/** For `schemaController.compilersFactory` (Fastify, "Schema Controller"). */
export function createSerialization(at: Compiled = 'when asked'): Factory {
  const factory = SerializerSelector();
  const compiled = new Map<string, Serializer>();
  return (_all, options) => (route) => {
    // What a refusal looks like is said by each route, hundreds of times, in the same words.
    const words = JSON.stringify(route.schema);
    const known = compiled.get(words);
    if (known) return known;
    const serializer = whenAsked(() => factory(Object.fromEntries(componentsOf(route.schema)), options)(route), at);
    compiled.set(words, serializer);
    return serializer;
  };
}

function whenAsked(compile: () => Serializer, at: Compiled): Serializer {
  let known = at === 'start' ? compile() : undefined;
  return (data) => (known ??= compile())(data);
}
