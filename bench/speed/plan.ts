/** Of the closed loop: so many requests are under way at any time. */
export const CONNECTIONS = 64;

/** How much is measured. */
export interface Plan {
  /** Claims of a run of the closed loop; each user has a token, and their signing takes a while. */
  readonly claims: number;
  readonly warmUp: number;
  /** Runs of floor and issue path, in turn. */
  readonly rounds: number;
  /** Of the closed loop. */
  readonly connections: number;
  /** Claims where one environment takes one request. */
  readonly environmentClaims: number;
  readonly environments: readonly number[];
  readonly redemptions: number;
  readonly openLoop: {
    readonly rate: number;
    readonly seconds: number;
    readonly users: number;
    readonly quantity: number;
    /** Valid runs that are wanted, of so many at most. */
    readonly wanted: number;
    readonly most: number;
    /** Claims a second: a run whose own floor is slower says nothing of the code. */
    readonly leastFloor: number;
  };
  readonly coldStarts: number;
}

export const FULL: Plan = {
  claims: 30_000,
  warmUp: 5_000,
  rounds: 5,
  connections: CONNECTIONS,
  environmentClaims: 5_000,
  environments: [8, 32],
  redemptions: 10_000,
  openLoop: {
    rate: 3_000,
    seconds: 30,
    users: 60_000,
    quantity: 20_000,
    wanted: 3,
    most: 6,
    leastFloor: 6_000,
  },
  coldStarts: 7,
};

/** Shows that the bench works; its figures tell nothing. */
export const SMOKE: Plan = {
  claims: 1_500,
  warmUp: 200,
  rounds: 1,
  connections: CONNECTIONS,
  environmentClaims: 200,
  environments: [2],
  redemptions: 200,
  openLoop: {
    rate: 200,
    seconds: 3,
    users: 400,
    quantity: 300,
    wanted: 1,
    most: 1,
    leastFloor: 0,
  },
  coldStarts: 1,
};
