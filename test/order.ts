// In which order files run: the kills while nothing else has begun to crowd the machine, the simulation's many seeds, which fill
// every processor by themselves, when all the rest has been given out.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const FIRST = /\/test\/kills\//;
const LAST = /\/test\/simulation\/simulation\.test/;

export class Order extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = super.sort.bind(this);
    return (await usual(files)).toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  return FIRST.test(moduleId) ? 0 : LAST.test(moduleId) ? 2 : 1;
}
