import eslint from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  globalIgnores(["node_modules/", ".phasegate/", "dist/", "coverage/"]),
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { noInlineConfig: true, reportUnusedInlineConfigs: "error" },
    rules: {
      // A promise nobody waits for is an error nobody sees.
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      // A new state or probe kind must be answered everywhere, and not by a default.
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: false, requireDefaultForNonUnion: true },
      ],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-import-type-side-effects": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrors: "none" },
      ],
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["../**/*.js", "./**/*.js"], message: "Imports carry the .ts ending." }] },
      ],
      eqeqeq: "error",
      // Wrong about a flag that another function changes while this one waits.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-unnecessary-type-arguments": "off",
      "@typescript-eslint/no-misused-spread": "off",
      "@typescript-eslint/no-generated-empty-object-type": "off",
      // An interface gives a type its name in the editor's messages.
      "@typescript-eslint/no-empty-object-type": ["error", { allowInterfaces: "with-single-extends" }],
      // Matters of taste on which this project takes no side.
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-meaningless-void-operator": "off",
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/return-await": "off",
      // A function may be asynchronous because its type is.
      "@typescript-eslint/require-await": "off",
      // Objects here are records of functions without `this`.
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "MemberExpression[object.name=/^(test|describe|it)$/][property.name=/^(only|skip|todo|fails|skipIf|runIf)$/]",
          message: "No test is left out or singled out.",
        },
        { selector: "Property[key.name='retry']", message: "No retries: a flake is a defect." },
      ],
    },
  },
  {
    // Pulumi hands a dynamic provider its inputs as any.
    files: ["lib/pulumi/**/*.ts"],
    rules: { "@typescript-eslint/no-unsafe-argument": "off" },
  },
  {
    files: ["**/*.{mjs,cjs}"],
    rules: {
      // The compiler checks these files too, and knows the names better.
      "no-undef": "off",
      // What is parsed from JSON is any in JavaScript with JSDoc, without a way to say otherwise that is worth its noise.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/restrict-plus-operands": "off",
    },
  },
  {
    files: ["**/*.cjs"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
