/**
 * A graph of scalar operations in which equal nodes are one node. Arguments come before what uses them, so the order of the ids is an
 * order of evaluation.
 */
import { OPERATIONS, type OperationName } from "./operations.ts";
import { simplify } from "./simplify.ts";

export type Id = number;

export interface Node {
  readonly op: OperationName | "constant" | "variable";
  readonly args: readonly Id[];
  /** Of a constant. */
  readonly value: number;
  /** Of a variable: an array of numbers by name, and which of them. */
  readonly group: string;
  readonly index: number;
  readonly truth: boolean;
}

const COMMUTATIVE: ReadonlySet<string> = new Set(["add", "mul", "eq", "ne", "and", "or", "hypot"]);

export class Graph {
  readonly nodes: Node[] = [];
  readonly #known = new Map<string, Id>();

  constant(value: number, truth = false): Id {
    const text = Object.is(value, -0) ? "-0" : String(value);
    return this.#intern(`${truth ? "b" : "n"}${text}`, { op: "constant", args: [], value, truth });
  }

  variable(group: string, index: number): Id {
    return this.#intern(`${group}[${index}]`, { op: "variable", args: [], group, index, truth: false });
  }

  /** The node of an operation: a constant where all arguments are, simpler where something neutral stands in it. */
  apply(op: OperationName, ...args: Id[]): Id {
    const { types, compute } = OPERATIONS[op];
    const truth = types.at(-1) === "b";
    const values = args.map(arg => this.valueOf(arg));
    if (values.every(value => value !== undefined)) {
      const [a, b, c] = values as number[];
      return this.constant(compute(a, b, c), truth);
    }
    const simpler = simplify(this, op, args);
    if (simpler !== undefined) return simpler;
    // Not min and max: of two equal arguments the first counts.
    if (COMMUTATIVE.has(op) && args[0] > args[1]) args.reverse();
    return this.#intern(`${op}(${args.join()})`, { op, args, truth });
  }

  /** The number of a constant. */
  valueOf(id: Id): number | undefined {
    const { op, value } = this.nodes[id];
    return op === "constant" ? value : undefined;
  }

  /** The argument of a node if that is the operation. */
  argumentsOf(id: Id, op: OperationName): readonly Id[] | undefined {
    return this.nodes[id].op === op ? this.nodes[id].args : undefined;
  }

  /** Ids that the given ones need, themselves too, in order of evaluation. */
  needed(roots: readonly Id[]): Id[] {
    const wanted = new Set<Id>();
    const open = [...roots];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (wanted.has(id)) continue;
      wanted.add(id);
      open.push(...this.nodes[id].args);
    }
    return [...wanted].sort((a, b) => a - b);
  }

  #intern(key: string, node: Partial<Node> & Pick<Node, "op" | "args" | "truth">): Id {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const id = this.nodes.push({ value: 0, group: "", index: 0, ...node }) - 1;
    this.#known.set(key, id);
    return id;
  }
}
