/**
 * Flags of Chromium for tests whose time is that of the software adapter's compiler. Workgroup memory is set to zero by a
 * loop, as on other systems, not by one store for every number. An index outside an array is not clamped: no kernel may have
 * one, and where one does its numbers differ the more. The command's tests run its own browser without these.
 */
export const FASTER_COMPILER: readonly string[] = [
  "--disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension",
  "--enable-dawn-features=disable_robustness",
];
