// Compiles the schemas of answers, each once and with no more than the components it leads to. Left to itself the framework
// gives every answer of every route all components there are, which was half of a start.
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import { componentsOf } from './openapi.ts';

type Factory = ReturnType<typeof SerializerSelector>;
type Compile = ReturnType<Factory>;

/** For `schemaController.compilersFactory` (Fastify, "Schema Controller"). */
export function createSerialization(): Factory {
  const factory = SerializerSelector();
  const compiled = new Map<string, ReturnType<Compile>>();
  return (_all, options) => (route) => {
    // What a refusal looks like is said by each route, hundreds of times, in the same words.
    const words = JSON.stringify(route.schema);
    const known = compiled.get(words);
    if (known) return known;
    const compile = factory(Object.fromEntries(componentsOf(route.schema)), options);
    const serializer = compile(route);
    compiled.set(words, serializer);
    return serializer;
  };
}
