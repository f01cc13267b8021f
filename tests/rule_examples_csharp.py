"""C#: what each of its rules keeps and drops."""

from __future__ import annotations

from rule_example import Example, lines

LANGUAGE = "C#"

# One of each: an empty handler, a broad one, goto, ArrayList, dynamic, #region, DllImport, unsafe, properties, #pragma.
PRINTERS = """using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Office.Printing
{
    /// <summary>Jobs that wait for a printer, in the order of their arrival.</summary>
    public sealed class PrintQueue : IDisposable
    {
        private readonly List<Job> jobs = new();
        private readonly Stream device;

        public PrintQueue(Stream device, string name)
        {
            this.device = device ?? throw new ArgumentNullException(nameof(device));
            Name = name;
        }

        public string Name { get; }

        public int Count => jobs.Count;

        #region Native

        [DllImport("winspool.drv", SetLastError = true)]
        private static extern int GetPrinterStatus(IntPtr handle, out int status);

        #endregion

        public void Add(Job job)
        {
            if (jobs.Any(other => other.Id == job.Id))
            {
                throw new InvalidOperationException($"job {job.Id} is in the queue");
            }
            jobs.Add(job);
        }

        /// <summary>The first page of a job as the preview wants it, whatever the preview is.</summary>
        public string Preview(dynamic preview, Job job)
        {
            preview.Scale = 0.5;
            return preview.Render(job.Pages[0]);
        }

        public int PrintAll()
        {
            var printed = 0;
            while (jobs.Count > 0)
            {
                try
                {
                    Print(jobs[0]);
                    printed++;
                }
                catch (IOException problem)
                {
                    Console.Error.WriteLine(problem.Message);
                    break;
                }
                catch (Exception)
                {
                    jobs.Clear();
                    throw;
                }
                jobs.RemoveAt(0);
            }
            return printed;
        }

        private unsafe void Print(Job job)
        {
            foreach (var page in job.Pages)
            {
                fixed (char* text = page)
                {
                    device.Write(new ReadOnlySpan<byte>(text, page.Length * sizeof(char)));
                }
            }
        }

        public int FindColumn(string[][] rows, string word)
        {
            var column = 0;
            foreach (var row in rows)
            {
                for (column = 0; column < row.Length; column++)
                {
                    if (row[column] == word) goto Found;
                }
            }
            return -1;
        Found:
            return column;
        }

#pragma warning disable CS0618
        public ArrayList ToLegacyList()
        {
            return new ArrayList(jobs);
        }
#pragma warning restore CS0618

        public void Dispose()
        {
            try
            {
                device.Dispose();
            }
            catch (ObjectDisposedException)
            {
            }
        }
    }
}
"""

FORM = """using System.Windows.Forms;

namespace Office
{
    public partial class AboutBox : Form
    {
        private readonly string version;

        public AboutBox(string version)
        {
            this.version = version;
            InitializeComponent();
        }

        private void InitializeComponent()
        {
            SuspendLayout();
            Text = "About";
            ClientSize = new System.Drawing.Size(320, 200);
            Controls.Add(new Label { Text = version, Dock = DockStyle.Fill });
            ResumeLayout(false);
        }

        protected override void OnKeyDown(KeyEventArgs e)
        {
            if (e.KeyCode == Keys.Escape)
            {
                Close();
            }
            base.OnKeyDown(e);
        }

        public static void ShowFor(IWin32Window owner, string version)
        {
            using var box = new AboutBox(version);
            box.ShowDialog(owner);
        }
    }
}
"""


def _handlers(handler: str) -> str:
    methods = lines(
        """
    public void {Name}()
    {
        try
        {
            store.{Name}();
        }
        catch {handler}
        }
    }
""",
        8,
        Name=["Open", "Close", "Read", "Write", "Flush", "Lock", "Unlock", "Move"],
    )
    return "public class Guard\n{\n    private Store store;\n" + methods.replace("{handler}", handler) + "}\n"


DECOMPILED = (
    "public static class Class12\n{\n    public static int smethod_0(int num)\n    {\n"
    + lines(
        """        IL_00{n}:
        if (num > {n})
        {
            goto IL_00{n};
        }
        num--;
""",
        8,
    )
    + "        return num;\n    }\n}\n"
)

OUTDATED = (
    "using System.Collections;\n\npublic class Registry\n{\n"
    + lines(
        """
    private Hashtable {name} = new Hashtable();
    private ArrayList {name}Order = new ArrayList();
""",
        6,
        name=["users", "groups", "hosts", "rights", "files", "jobs"],
    )
    + "}\n"
)

DYNAMIC = (
    "public static class Excel\n{\n"
    + lines(
        """
    public static dynamic {Name}(dynamic sheet, dynamic range)
    {
        dynamic cells = sheet.{Name}(range);
        return cells;
    }
""",
        7,
        Name=["Copy", "Paste", "Fill", "Sort", "Merge", "Clear", "Format"],
    )
    + "}\n"
)

REGIONS = (
    "public class Order\n{\n"
    + lines(
        """
    #region {Name}
    public string Get{Name}()
    {
        return fields[{n}];
    }
    #endregion
""",
        7,
        Name=["Number", "Customer", "Street", "Town", "Country", "Mail", "Phone"],
    )
    + "}\n"
)

NATIVE = (
    "using System.Runtime.InteropServices;\n\ninternal static class NativeMethods\n{\n"
    + lines(
        """
    [DllImport("user32.dll")]
    internal static extern int {Name}(System.IntPtr window, int first, int second);
""",
        14,
        Name=[
            "Show",
            "Hide",
            "Move",
            "Size",
            "Focus",
            "Enable",
            "Update",
            "Scroll",
            "Flash",
            "Close",
            "Raise",
            "Lower",
            "Capture",
            "Release",
        ],
    )
    + "}\n"
)

UNSAFE = (
    "public static class Pixels\n{\n"
    + lines(
        """
    public static unsafe void {Name}(byte[] pixels)
    {
        fixed (byte* p = pixels)
        {
            p[{n}] = 0;
        }
    }
""",
        6,
        Name=["Clear", "Red", "Green", "Blue", "Alpha", "Border"],
    )
    + "}\n"
)

RECORD = (
    "namespace Api.Models\n{\n    public class Order\n    {\n"
    + lines(
        "        public string {Name} { get; set; }\n",
        20,
        Name=[
            "Number",
            "Date",
            "Customer",
            "Street",
            "Town",
            "Country",
            "Zip",
            "Mail",
            "Phone",
            "State",
            "Currency",
            "Total",
            "Tax",
            "Rebate",
            "Note",
            "Carrier",
            "Weight",
            "Parcel",
            "Sent",
            "Paid",
        ],
    )
    + "    }\n}\n"
)

PRAGMAS = (
    "public partial class Client\n{\n"
    + lines(
        """
#pragma warning disable CS1591
    public string {Name};
#pragma warning restore CS1591
""",
        10,
        Name=["Number", "Date", "Customer", "Street", "Town", "Country", "Zip", "Mail", "Phone", "State"],
    )
    + "}\n"
)

DESIGNED = """namespace Office
{
    partial class MainForm
    {
        private System.Windows.Forms.Button ok;
        private System.Windows.Forms.Button cancel;

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
        }

        private void InitializeComponent()
        {
            this.ok = new System.Windows.Forms.Button();
            this.ok.Location = new System.Drawing.Point(12, 200);
            this.ok.Name = "ok";
            this.ok.Text = "OK";
            this.cancel = new System.Windows.Forms.Button();
            this.cancel.Location = new System.Drawing.Point(112, 200);
            this.cancel.Name = "cancel";
            this.cancel.Text = "Cancel";
            this.Controls.Add(this.ok);
            this.Controls.Add(this.cancel);
        }
    }
}
"""

EXAMPLES = {
    "CC686": Example(LANGUAGE, PRINTERS, _handlers("(System.IO.IOException)\n        {"), measured=1),
    "CC687": Example(
        LANGUAGE, PRINTERS, _handlers("(Exception e)\n        {\n            Log(e);"), measured=1, limit=0.5
    ),
    "CC688": Example(LANGUAGE, PRINTERS, DECOMPILED, measured=8 / 27),
    "CC689": Example(LANGUAGE, PRINTERS, OUTDATED, measured=24 / 20),
    "CC690": Example(LANGUAGE, PRINTERS, DYNAMIC, measured=28 / 22),
    "CC691": Example(LANGUAGE, PRINTERS, REGIONS, measured=7 / 29),
    "CC692": Example(LANGUAGE, PRINTERS, NATIVE, measured=14 / 20),
    "CC693": Example(LANGUAGE, PRINTERS, UNSAFE, measured=12 / 20, limit=0.3),
    "CC694": Example(LANGUAGE, PRINTERS, RECORD, measured=20 / 22, limit=0.5),
    "CC695": Example(LANGUAGE, PRINTERS, PRAGMAS, measured=20 / 31),
    "CC696": Example(LANGUAGE, FORM, DESIGNED, measured=1 / 2),
}
