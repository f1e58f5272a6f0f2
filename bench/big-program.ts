/** The Pulumi program that `npm run bench -- plan --preview` previews: a declaration as big as its config says. */
import * as pulumi from "@pulumi/pulumi";
import { resolvePlan } from "phasegate";
import { reported, Stack } from "phasegate/pulumi";
import { bigDeclaration, bigProfile } from "./big-declaration.ts";

const config = new pulumi.Config("big");
const size = { services: config.requireNumber("services"), phases: config.requireNumber("phases") };
await reported(
  () =>
    new Stack({
      plan: resolvePlan(bigDeclaration(size), bigProfile, pulumi.getStack()),
      secrets: pulumi.secret<Record<string, string>>({}),
    }),
);
