import { arma, autoregressive } from "./arma.ts";
import type { Component } from "./component.ts";
import { cycle } from "./cycle.ts";
import { irregular } from "./irregular.ts";
import { matern } from "./matern.ts";
import { regression } from "./regression.ts";
import { sarima } from "./sarima.ts";
import { dummySeasonal, trigonometricSeasonal } from "./seasonal.ts";
import { level, localLinearTrend, smoothTrend } from "./trend.ts";

/** Every family of components by its kind, the name of its function. */
export const COMPONENT_KINDS: Readonly<Record<string, (options: never) => Component>> = {
  level,
  localLinearTrend,
  smoothTrend,
  dummySeasonal,
  trigonometricSeasonal,
  cycle,
  autoregressive,
  arma,
  sarima,
  regression,
  matern,
  irregular,
};
