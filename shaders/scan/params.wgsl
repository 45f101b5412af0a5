// Uniforms and index arithmetic of every scan kernel.
//
// A scan runs over the steps of one block of time, per series: chunks of chunk_length steps are the leaves of level 0,
// workgroups of LEAVES leaves give the leaves of level 1, and so on. A leaf of any level covers leaf_steps steps.
// "Scan order" is time order, or its reverse when reverse = 1; leaf 0 is the first in scan order.
// Elements and states of all levels live in one buffer each; offsets and strides are in slots.
struct Params {
  block_start: u32,     // first time step of the block
  block_steps: u32,     // steps in the block, longest series
  chunk_length: u32,
  num_series: u32,
  reverse: u32,
  leaf_steps: u32,      // steps under one leaf of this level
  element_offset: u32,  // slots of this level
  element_stride: u32,  // slots a series has at this level
  total_offset: u32,    // slots of the next level up
  total_stride: u32,
  state_offset: u32,
  state_stride: u32,
  parent_offset: u32,   // states of the next level up
  parent_stride: u32,
  memory_offset: u32,   // floats in elements where the matrices of wide kernels start
#import PARAMS
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> indices: array<u32>;  // [N] lengths, then what the element keeps there

// Steps of this block that series s has.
fn series_steps(s: u32) -> u32 {
  let length = indices[s];
  return min(length - min(length, params.block_start), params.block_steps);
}

fn ceil_div(a: u32, b: u32) -> u32 { return (a + b - 1u) / b; }
