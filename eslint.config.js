import stylistic from '@stylistic/eslint-plugin'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['**/dist/', '**/miniprogram_dist/', '**/node_modules/', 'bench/node_modules/', 'examples/**/miniprogram_npm/', 'packages/client/test/types/', 'packages/emulator/test/types/'] },
  {
    files: ['**/*.{js,mjs,ts}'],
    extends: [stylistic.configs.customize({ indent: 2, quotes: 'single', semi: false, braceStyle: '1tbs', arrowParens: true })],
    rules: {
      '@stylistic/max-statements-per-line': ['error', { max: 2 }],
      '@stylistic/operator-linebreak': ['error', 'before', { overrides: { '=': 'after' } }],
      '@stylistic/list-style': 'off',
      '@stylistic/quote-props': ['error', 'as-needed'],
      'no-empty': 'error',
      eqeqeq: 'error',
      'prefer-const': 'error',
      'no-var': 'error',
    },
  },
  // Mini programs have no types of ours: they are read, not checked.
  { files: ['examples/**/*.ts'], languageOptions: { parser: tseslint.parser } },
  {
    files: ['**/*.ts'],
    ignores: ['examples/**'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: ['packages/*/tsconfig.json', 'packages/emulator/runtime/tsconfig.json', 'packages/emulator/check/tsconfig.json', 'packages/emulator/simulator/tsconfig.json', 'packages/emulator/simulator/page/tsconfig.json', 'tsconfig.test.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      // Functions that return plain objects have no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      'no-restricted-syntax': ['error',
        { selector: 'ExportAllDeclaration', message: 'List the public names by hand.' },
        { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' },
      ],
    },
  },
)
