/** What node is given for every process of the service. */
export const forAll = ['--enable-source-maps'] as const;

/**
 * For the API, which makes objects that die with their request. They stay in the young generation
 * (docs/adr/0022-young-objects-stay-young.md), which may grow to 3 x 64 MB, so that it is collected less often.
 */
export const forTheApi = [...forAll, '--no-allocation-site-pretenuring', '--max-semi-space-size=64'] as const;
