/** The parser of mathjs and nothing else of it. Only imported when a model has expressions: 43 kB, compressed. */
import { create, parseDependencies } from "mathjs/number";

const { parse } = create(parseDependencies!);

/** Nodes of mathjs, as far as they are read. */
export interface MathNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** @throws SyntaxError with `char`, from 1 */
export const parseText = (text: string): MathNode => parse!(text) as unknown as MathNode;
