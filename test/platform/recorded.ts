// What was begun for those who ask, and a hand to end each with.
type Asking = (key: string, begin: () => Promise<string>) => Promise<string>;

export function recorded(asking: Asking) {
  const begun: PromiseWithResolvers<string>[] = [];
  const ask = (key: string) =>
    asking(key, () => {
      const one = Promise.withResolvers<string>();
      begun.push(one);
      return one.promise;
    });
  return { begun, ask };
}
