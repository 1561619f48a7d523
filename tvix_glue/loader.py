"""``import`` where there is a store: the file of a derivation is a derivation."""

from __future__ import annotations

from tvix_eval.builtins.files import Loader
from tvix_eval.vm.attrs import Attrs, from_table
from tvix_eval.vm.calls import call
from tvix_eval.vm.force import force, force_attrs
from tvix_eval.vm.strings import BUILT, DRV_DEEP, NixString, element, single
from tvix_glue.derivation_strict import placeholder_of
from tvix_glue.resources import source_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_glue.glue import Glue


class StoreLoader(Loader):
    """Passes everything else on to the evaluator's own loader."""

    def __init__(self, glue: Glue, inner: Loader) -> None:
        self.glue: Final = glue
        self.inner: Final = inner
        self.wrapper: object = None

    def load(self, path: str) -> object:
        if self.glue.is_derivation(path):
            return self.load_derivation(path)
        return self.inner.load(path)

    def load_scoped(self, scope: Attrs, path: str) -> object:
        if self.glue.is_derivation(path):
            return self.load_derivation(path)
        return self.inner.load_scoped(scope, path)

    def delay(self, text: str) -> object:
        return self.inner.delay(text)

    def load_derivation(self, path: str) -> object:
        drv = self.glue.read_derivation(path)
        store = self.glue.store.dir
        names: list[object] = []
        table: dict[str, object] = {
            "drvPath": NixString(path, single(element(DRV_DEEP, path))),
            "name": drv.env.get("name", ""),
            "outputs": names,
        }
        for name in sorted(drv.outputs):
            member = element(BUILT, path, name)
            made = drv.outputs[name].path(store, drv.name, name)
            table[name] = NixString(made or placeholder_of(self.glue, member).render(), single(member))
            names.append(name)
        if self.wrapper is None:
            self.wrapper = force(self.inner.delay(source_text("imported.nix")), 0)
        made_set = call(self.wrapper, [from_table(table)], 0)
        return force_attrs(made_set, 0, "while calling imported-drv-to-derivation.nix.gen.hh")
