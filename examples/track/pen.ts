/** Mouse, finger or stylus on the drawing area, as points one STEP apart in time. */

import { FIELD, type Point, STEP } from "./path.ts";

export interface PenListener {
  began(point: Point): void;
  /** Points since the last call, evenly spaced in time. */
  moved(points: readonly Point[]): void;
  ended(): void;
}

export class Pen {
  readonly #canvas: HTMLCanvasElement;
  readonly #listener: PenListener;
  #pointer: number | undefined;
  /** Where the pen is, and was when the last point was given. */
  #at: Point = [0, 0];
  #last: Point = [0, 0];
  /** Time of the last point, s. */
  #time = 0;

  constructor(canvas: HTMLCanvasElement, listener: PenListener) {
    this.#canvas = canvas;
    this.#listener = listener;
    canvas.addEventListener("pointerdown", event => this.#begin(event));
    canvas.addEventListener("pointermove", event => {
      if (event.pointerId === this.#pointer) this.#at = this.#point(event);
    });
    for (const end of ["pointerup", "pointercancel"] as const)
      canvas.addEventListener(end, event => {
        if (event.pointerId === this.#pointer) this.lift();
      });
  }

  /** Whether something is being drawn. */
  get down(): boolean {
    return this.#pointer !== undefined;
  }

  /** Ends the path. */
  lift(): void {
    this.#pointer = undefined;
    this.#listener.ended();
  }

  #begin(event: PointerEvent): void {
    if (this.down || event.button !== 0) return;
    event.preventDefault();
    this.#canvas.setPointerCapture(event.pointerId);
    this.#pointer = event.pointerId;
    this.#at = this.#last = this.#point(event);
    this.#time = performance.now() / 1000;
    this.#listener.began(this.#at);
    requestAnimationFrame(this.#frame);
  }

  /** At every frame: the straight way from the last point, cut into steps. */
  readonly #frame = (): void => {
    if (!this.down) return;
    // After a pause of the page (another tab, a breakpoint) a path goes on as if there had been none.
    const now = Math.min(performance.now() / 1000, this.#time + 1);
    const steps = Math.floor((now - this.#time) / STEP);
    if (steps > 0) {
      const [from, to] = [this.#last, this.#at];
      const points = Array.from({ length: steps }, (_, i): Point => {
        const share = (i + 1) / steps;
        return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
      });
      this.#time = now === performance.now() / 1000 ? now : this.#time + steps * STEP;
      this.#last = to;
      this.#listener.moved(points);
    }
    if (this.down) requestAnimationFrame(this.#frame);
  };

  #point({ clientX, clientY }: PointerEvent): Point {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const inside = (value: number, end: number) => Math.min(end, Math.max(0, value));
    return [
      inside(((clientX - left) / width) * FIELD.width, FIELD.width),
      inside(((clientY - top) / height) * FIELD.height, FIELD.height),
    ];
  }
}
