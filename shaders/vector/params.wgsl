// Uniforms of the scan of vectors: v ← A v + w over items, where the matrices are known beforehand and shared by lanes.
//
// A lane is one vector to scan (a series, or one draw of a series). Items of level 0 are time steps; an item of the level
// above stands for chunk_length items of this one. "Scan order" is time order, or its reverse when reverse = 1.
// vectors holds two sets of carries [2, lanes, n], then for every level above 0 [lanes, items, n]: first what a chunk adds
// to a zero vector, after the walk of that level the vector at the chunk's end in scan order.
struct Params {
  block_start: u32,       // first time step of the block
  block_steps: u32,       // steps in the block, longest series
  num_lanes: u32,
  lanes_per_series: u32,
  reverse: u32,
  item_steps: u32,        // time steps in an item of this level
  chunk_length: u32,      // items in a chunk
  chunks: u32,            // chunks of the longest series
  linear: u32,            // 1: no w, and lane k begins with column k mod n of the identity
  parent_offset: u32,     // floats, the level above: [lanes, chunks, n]
  carry_in: u32,          // floats, [lanes, n]
  carry_out: u32,
  row_start: u32,         // item 0 of this block counts as this item when rows are looked up
  lead: u32,              // items with a row of their own
  period: u32,            // rows after them, repeating
#import PARAMS
}

const N2: u32 = STATE_DIM * STATE_DIM;
const TRIANGLE: u32 = (N2 + STATE_DIM) / 2u;
alias Vector = array<f32, STATE_DIM>;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> vectors: array<f32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;  // [N] lengths

fn lane_steps(lane: u32) -> u32 {
  let length = indices[lane / params.lanes_per_series];
  return min(length - min(length, params.block_start), params.block_steps);
}

// Row of the tables for an item of this block.
fn row_of(item: u32) -> u32 {
  let i = params.row_start + item;
  return select(params.lead + (i - params.lead) % max(params.period, 1u), i, i < params.lead);
}

fn vector_at(at: u32) -> Vector {
  var out: Vector;
  #for i in 0 .. STATE_DIM
  out[i] = vectors[at + i];
  #end
  return out;
}

fn put_vector(at: u32, v: ptr<function, Vector>) {
  #for i in 0 .. STATE_DIM
  vectors[at + i] = (*v)[i];
  #end
}
