/** The request holds what was asked for, and nothing that was left empty. */
import { describe, expect, it } from "vitest";
import { joinList, splitList, withFilter } from "./set-filter";

describe("filters of the form", () => {
  it("sets one beside the others", () => {
    const options = withFilter({ priority: 3, filters: { min_width: 800 } }, "types", ["jpeg"]);
    expect(options).toEqual({ priority: 3, filters: { min_width: 800, types: ["jpeg"] } });
  });

  it("leaves out what is empty again, and the filters with their last one", () => {
    const options = { filters: { min_width: 800, types: ["jpeg"] } };
    expect(withFilter(options, "types", [])).toEqual({ filters: { min_width: 800 } });
    expect(withFilter({ filters: { min_size: "2 MB" } }, "min_size", "")).toEqual({});
  });

  it("reads patterns between commas", () => {
    expect(splitList(" IMG_*, *.tif,, ")).toEqual(["IMG_*", "*.tif"]);
    expect(joinList(["IMG_*", "*.tif"])).toBe("IMG_*, *.tif");
  });
});
