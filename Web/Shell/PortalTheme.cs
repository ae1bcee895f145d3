using MudBlazor;

namespace PartnerPlatform.Web.Shell;

/// <summary>MudBlazor in the portal's own colours; the same ones are in <c>wwwroot/css/tokens.css</c> for everything that is not MudBlazor's.</summary>
public sealed class PortalTheme
{
    public static readonly MudTheme Theme = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b6570", Secondary = "#475467", Success = "#1a6e45", Warning = "#8a5300", Error = "#b42318", Info = "#0b6570",
            Background = "#f6f7f8", Surface = "#ffffff", TextPrimary = "#16202a", TextSecondary = "#4b5764", ActionDefault = "#4b5764",
            LinesDefault = "#dde2e6", LinesInputs = "#7b8794", Divider = "#dde2e6", TextDisabled = "#6b7682", ActionDisabled = "#6b7682",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#62c5cf", PrimaryContrastText = "#062a2f", Secondary = "#a8b3bd", Success = "#62c894", Warning = "#e6b053", Error = "#ff8e85",
            ErrorContrastText = "#3d0704", Info = "#62c5cf", Background = "#11171c", Surface = "#182027", TextPrimary = "#e8edf1",
            TextSecondary = "#a8b3bd", ActionDefault = "#a8b3bd", LinesDefault = "#2b3640", LinesInputs = "#71808d", Divider = "#2b3640",
            TextDisabled = "#8894a0", ActionDisabled = "#8894a0",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = ["Inter", "system-ui", "sans-serif"], FontSize = "0.9rem", LineHeight = "1.5" },
            Button = new ButtonTypography { TextTransform = "none", FontWeight = "600", FontSize = "0.875rem" },
        },
    };

    public bool Dark { get; set; }
}
