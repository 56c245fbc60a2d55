import { testElections } from "../bucket/elections.ts";

testElections({ failovers: 10, claims: 250, storms: 8 });
