/** Nodes of a graph as a flat list of instructions over one array of float64: no code is made at run time. */
import type { Graph, Id } from "./graph.ts";
import { OPERATIONS, type OperationName } from "./operations.ts";

/** Numbers of the variables, one array for each group in the order given to makeTape(). */
export type TapeInputs = readonly ArrayLike<number>[];

export interface Tape {
  /** Writes the values of the roots. Allocates nothing; out may be one of the inputs. */
  run(out: Float64Array, inputs: TapeInputs): void;
  /** Instructions of one run. */
  readonly length: number;
}

// Those that are met most are written out; the others are called through the table.
const ADD = 0;
const SUB = 1;
const MUL = 2;
const DIV = 3;
const NEG = 4;
const SELECT = 5;
const INLINE: Readonly<Partial<Record<OperationName, number>>> = {
  add: ADD,
  sub: SUB,
  mul: MUL,
  div: DIV,
  neg: NEG,
  select: SELECT,
};
const NAMES = Object.keys(OPERATIONS) as OperationName[];
const CALLS = NAMES.map(name => OPERATIONS[name].compute);
/** Code of the first operation that is called. */
const CALLED = 6;

/** code, slot of the result, slots of three arguments */
const WIDTH = 5;

/** @param groups names of the groups of variables; a variable of another group is a fault of the caller */
export function makeTape(graph: Graph, roots: readonly Id[], groups: readonly string[]): Tape {
  const slots = new Map<Id, number>();
  const constants: number[] = [];
  const reads: [group: number, index: number, slot: number][] = [];
  const code: number[] = [];
  for (const id of graph.needed(roots)) {
    const { op, args, value, group, index } = graph.nodes[id];
    const slot = slots.size;
    slots.set(id, slot);
    constants.push(op === "constant" ? value : 0);
    if (op === "variable") {
      const at = groups.indexOf(group);
      if (at < 0) throw new Error(`no numbers for ${group}`);
      reads.push([at, index, slot]);
    } else if (op !== "constant") {
      const [a, b, c] = args.map(arg => slots.get(arg)!);
      code.push(INLINE[op] ?? CALLED + NAMES.indexOf(op), slot, a, b ?? a, c ?? a);
    }
  }
  const work = Float64Array.from(constants);
  const instructions = Int32Array.from(code);
  // Of each group by itself: which entries go to which slots.
  const variables = groups.map((_, group) =>
    Int32Array.from(reads.filter(([at]) => at === group).flatMap(([, index, slot]) => [index, slot])),
  );
  const results = Int32Array.from(roots, root => slots.get(root)!);
  return {
    length: instructions.length / WIDTH,
    run(out, inputs) {
      for (let group = 0; group < variables.length; group++) {
        const pairs = variables[group];
        if (pairs.length > 0) gather(pairs, inputs[group], work);
      }
      execute(instructions, work);
      for (let i = 0; i < results.length; i++) out[i] = work[results[i]];
    },
  };
}

function gather(pairs: Int32Array, from: ArrayLike<number>, work: Float64Array): void {
  for (let i = 0; i < pairs.length; i += 2) work[pairs[i + 1]] = from[pairs[i]];
}

function execute(code: Int32Array, work: Float64Array): void {
  for (let at = 0; at < code.length; at += WIDTH) {
    const op = code[at];
    const to = code[at + 1];
    const a = work[code[at + 2]];
    const b = work[code[at + 3]];
    switch (op) {
      case ADD:
        work[to] = a + b;
        break;
      case SUB:
        work[to] = a - b;
        break;
      case MUL:
        work[to] = a * b;
        break;
      case DIV:
        work[to] = a / b;
        break;
      case NEG:
        work[to] = -a;
        break;
      case SELECT:
        work[to] = a !== 0 ? b : work[code[at + 4]];
        break;
      default:
        work[to] = CALLS[op - CALLED](a, b, 0);
    }
  }
}
