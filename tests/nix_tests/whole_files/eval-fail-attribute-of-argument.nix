{ package }:
package.meta.descripton or package.meta.licence
