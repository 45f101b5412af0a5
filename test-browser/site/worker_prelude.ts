/** Code that runs in every worker of a page before the worker's own: init scripts of the page do not reach there. */

/** @returns an init script for the page */
export const beforeWorkers = (code: string): string => `{
  const asUrl = text => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const Plain = Worker;
  globalThis.Worker = class extends Plain {
    constructor(url, options) {
      const [first, own] = [asUrl(${JSON.stringify(code)}), new URL(url, location.href).href];
      super(asUrl("import " + JSON.stringify(first) + "; import " + JSON.stringify(own) + ";"), options);
    }
  };
}`;

/** destroyDevices() in the page destroys the newest device of every worker. */
export const DESTROYABLE = `${beforeWorkers(`
  const devices = [];
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...options) {
    const device = await requestDevice.apply(this, options);
    devices.push(device);
    return device;
  };
  new BroadcastChannel("destroy").onmessage = () => devices.at(-1)?.destroy();
`)}
globalThis.destroyDevices = () => new BroadcastChannel("destroy").postMessage("now");`;

/** A browser without timestamps, subgroups and whole numbers of 64 bits. */
export const OLD_BROWSER = beforeWorkers(`
  delete globalThis.BigInt64Array;
  const { get } = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, "features");
  Object.defineProperty(GPUAdapter.prototype, "features", {
    get() { return new Set([...get.call(this)].filter(name => !/timestamp|subgroups/.test(name))); },
  });
`);

/** loseAtSubmit() in the page destroys the newest device of every worker at the second submit from then on. */
export const LOST_AT_SUBMIT = `${beforeWorkers(`
  const devices = [];
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...options) {
    const device = await requestDevice.apply(this, options);
    devices.push(device);
    return device;
  };
  let left = -1;
  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (...given) {
    if (left > 0 && --left === 0) devices.at(-1).destroy();
    return submit.apply(this, given);
  };
  const channel = new BroadcastChannel("lose");
  channel.onmessage = ({ data }) => {
    if (data !== "now") return;
    left = 2;
    channel.postMessage("armed");
  };
`)}
globalThis.loseAtSubmit = () => new Promise(armed => {
  const channel = new BroadcastChannel("lose");
  channel.onmessage = armed;
  channel.postMessage("now");
});`;
