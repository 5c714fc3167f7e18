import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { mutatedFiles, type Bug } from './mutation.ts';

/**
 * Compiles mutated files, each within the whole program as it is otherwise: a bug that the
 * compiler finds needs no test. Returns what it says, undefined if nothing.
 */
export function typeChecker(root: string): (bug: Bug) => string | undefined {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options, fileNames } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const files = fileNames.filter((path) => /^(lambdas|local)\//.test(path.slice(root.length + 1)));
  let mutants: ReadonlyMap<string, string> = new Map();
  let version = '';
  const service = ts.createLanguageService({
    // What a bug leaves unused is none of the bug.
    getCompilationSettings: () => ({
      ...options,
      noUnusedLocals: false,
      noUnusedParameters: false,
    }),
    getScriptFileNames: () => files,
    getScriptVersion: (path) => (mutants.has(path) ? version : ''),
    getScriptSnapshot: (path) => {
      const text = mutants.get(path) ?? ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (each) => ts.getDefaultLibFilePath(each),
    fileExists: (path) => ts.sys.fileExists(path),
    readFile: (path) => ts.sys.readFile(path),
    readDirectory: (...args) => ts.sys.readDirectory(...args),
    directoryExists: (path) => ts.sys.directoryExists(path),
    getDirectories: (path) => ts.sys.getDirectories(path),
  });

  return (bug) => {
    const texts = mutatedFiles(bug, (file) => readFileSync(join(root, file), 'utf8'));
    mutants = new Map([...texts].map(([file, text]) => [join(root, file), text]));
    version = bug.name;
    const [complaint] = [...mutants.keys()]
      .filter((path) => files.includes(path))
      .flatMap((path) => [
        ...service.getSyntacticDiagnostics(path),
        ...service.getSemanticDiagnostics(path),
      ]);
    return complaint && ts.flattenDiagnosticMessageText(complaint.messageText, '\n');
  };
}
