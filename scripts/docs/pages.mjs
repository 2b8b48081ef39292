// docs/api: TypeDoc's pages. Options and descriptions that no entry exports by name stand with the entry whose functions take them.
import { Application, Comment, Converter, ReflectionKind } from "typedoc";
import { typedEntries } from "../build/entries.mjs";
import { headOf } from "./comments.mjs";

const VALUES = ReflectionKind.Variable | ReflectionKind.Function;

/** Returns whether there was nothing to complain about. */
export async function writePages(folder) {
  const app = await Application.bootstrapWithPlugins({
    name: "odenet",
    entryPoints: typedEntries().map(({ source }) => source),
    plugin: ["typedoc-plugin-missing-exports"],
    placeInternalsInOwningModule: true,
    tsconfig: "tsconfig.json",
    readme: "README.md",
    projectDocuments: ["docs/*.md"],
    disableSources: true,
    disableGit: true,
    skipErrorChecking: true, // npm run typecheck does
    excludeInternal: true,
    treatWarningsAsErrors: true,
    highlightLanguages: ["ts", "js", "json", "sh", "c", "rust", "go", "python", "html", "diff"],
    validation: { invalidLink: true, invalidPath: false, notExported: true, notDocumented: false }, // paths: test/docs/links
  });
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, nameAndExplain);
  const project = await app.convert();
  if (!project) return false;
  app.validate(project);
  await app.generateDocs(project, folder);
  return !app.logger.hasErrors() && !app.logger.hasWarnings();
}

/** Modules are called as they are imported; values without a comment have that of their file, and functions both. */
function nameAndExplain(context, reflection) {
  if (reflection.kindOf(ReflectionKind.Module)) reflection.name = `odenet/${reflection.name}`.replace(/\/index$/, "");
  if (!reflection.kindOf(VALUES) || reflection.comment) return;
  const [declaration] = context.getSymbolFromReflection(reflection)?.declarations ?? [];
  const text = declaration && headOf(declaration.getSourceFile());
  if (text) reflection.comment = new Comment([{ kind: "text", text }]);
}
