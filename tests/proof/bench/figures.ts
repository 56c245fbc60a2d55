export function sum(all: readonly number[]): number {
  return all.reduce((total, one) => total + one, 0);
}

export function mean(all: readonly number[]): number {
  return sum(all) / all.length;
}
