export {
  type ExpressionFunction,
  type ExpressionOptions,
  expressionFunction,
} from "./expressions/expression_function.ts";
export type { ParameterPlace } from "./expressions/names.ts";
export type * from "./vector_function.ts";
