import { testElections } from "./elections.ts";

testElections({ failovers: 4, claims: 30, storms: 3 });
